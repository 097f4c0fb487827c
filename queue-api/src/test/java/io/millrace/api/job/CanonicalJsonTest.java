package io.millrace.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|{}",
                "[]|[]",
                " { \"b\" : 1 , \"a\" : [ 1 , 2 ] } |{\"a\":[1,2],\"b\":1}",
                "{\"b\":{\"d\":1,\"c\":2},\"a\":{\"f\":[{\"z\":1,\"y\":2}],\"e\":0}}|{\"a\":{\"e\":0,\"f\":[{\"y\":2,\"z\":1}]},\"b\":{\"c\":2,\"d\":1}}",
                "[1.0,1,1e5,1E5,-0,0.10]|[1.0,1,1e5,1E5,-0,0.10]",
                "[true,false,null]|[true,false,null]",
                "\"\\u00e9\\/\\u0041\"|\"é/A\"",
                "\"\\n\\u0000\\\"\\\\\"|\"\\u000a\\u0000\\u0022\\u005c\"",
                "\"\\ud83d\\ude00\\ud83d\"|\"😀\\ud83d\"",
                "{\"\\u0062\":1,\"a\":2}|{\"a\":2,\"b\":1}"
            })
    void what_means_the_same_has_the_same_bytes(String json, String canonical) {
        byte[] bytes = CanonicalJson.of(json.getBytes(StandardCharsets.UTF_8));
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(canonical);
        assertThat(CanonicalJson.of(bytes)).isEqualTo(bytes);
    }
}
