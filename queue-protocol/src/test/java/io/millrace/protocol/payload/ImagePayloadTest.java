package io.millrace.protocol.payload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePayloadTest {

    @Test
    void each_source_with_outputs_is_accepted() {
        for (String source : new String[] {
            "{'base64':'aGk='}",
            "{'url':'https://example.org/a.jpg'}",
            "{'artifact':{'job_id':'01890000-0000-7000-8000-000000000000','name':'a.png'}}"
        }) {
            assertThat(read("{'source':" + source + ",'outputs':[{'width':10},{'name':'t','height':1,'format':'png'},"
                                    + "{'width':1,'height':10000,'fit':'cover','quality':100}]}")
                            .problems())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{} | /source,/outputs",
                "{'source':{},'outputs':[]} | /source,/outputs",
                "{'source':{'base64':'aGk=','url':'https://a.b/c'},'outputs':[{'width':1}]} | /source",
                "{'source':{'base64':'a b'},'outputs':[null]} | /source/base64,/outputs/0",
                "{'source':{'artifact':{}},'outputs':[{}]} | /source/artifact/job_id,/source/artifact/name,/outputs/0",
                "{'source':{'artifact':{'job_id':'x','name':'../x'}},'outputs':[{'width':1}]} | /source/artifact/job_id,/source/artifact/name",
                "{'source':{'base64':'aGk='},'outputs':[{'width':0,'height':10001,'quality':101}]} | /outputs/0/width,/outputs/0/height,/outputs/0/quality",
                "{'source':{'base64':'aGk='},'outputs':[{'width':1,'name':'a/b','fit':'stretch','format':'gif'}]} | /outputs/0/name,/outputs/0/fit,/outputs/0/format",
                "{'source':{'base64':'aGk='},'outputs':[{'width':1,'name':'A'},{'width':2,'name':'a'}]} | /outputs/1/name",
                "{'source':{'base64':'aGk='},'outputs':[{'width':1,'name':'output-2'},{'width':2}]} | /outputs/1/name",
                "{'source':{'base64':'aGk='},'outputs':[{'width':1,'fit':'cover'}]} | /outputs/0/fit",
                "{'source':{'base64':'aGk='},'outputs':[{'width':1,'format':'png','quality':5}]} | /outputs/0/quality",
            })
    void every_problem_is_named(String json, String pointers) {
        assertThat(PayloadJson.pointers(read(json))).containsExactly(pointers.split(","));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a.b/c",
                "file:///etc/passwd",
                "https:///a",
                "https://user@a.b/c",
                "ftp://a.b/c",
                "https://a b/",
                "//a.b/c",
                "jar:https://a.b!/c",
                ""
            })
    void only_plain_https_addresses_are_accepted(String url) {
        assertThat(PayloadJson.pointers(read("{'source':{'url':'" + url + "'},'outputs':[{'width':1}]}")))
                .containsExactly("/source/url");
    }

    @Test
    void eleven_outputs_are_one_too_many() {
        String json = "{'source':{'base64':'aGk='},'outputs':[" + "{'width':1},".repeat(10) + "{'width':1}]}";

        assertThat(PayloadJson.pointers(read(json))).containsExactly("/outputs");
    }

    @Test
    void outputs_without_a_name_are_named_by_position() {
        assertThat(read("{'outputs':[{'width':1},{'name':'big'},{}]}").outputNames())
                .containsExactly("output-1", "big", "output-3");
    }

    private static ImagePayload read(String json) {
        return PayloadJson.read(ImagePayload.class, json);
    }
}
