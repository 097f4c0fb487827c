package io.millrace.protocol.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class EmailPayloadTest {

    @Test
    void a_complete_mail_has_no_problems() {
        var payload = PayloadJson.read(
                EmailPayload.class,
                "{'to':['a@b.c'],'cc':['Ann <ann@example.org>'],'bcc':['\\u0022Q, R\\u0022 <q@example.org>'],"
                        + "'from':'x@y.z','reply_to':'r@y.z','subject':'Hi','text':'t','html':'<p>t</p>'}");

        assertThat(payload.problems()).isEmpty();
        assertThat(payload.replyTo()).isEqualTo("r@y.z");
    }

    @Test
    void everything_that_is_wrong_is_reported_at_once() {
        var payload = PayloadJson.read(
                EmailPayload.class, "{'to':['nobody',null],'from':'','reply_to':'a@b@','subject':'a\\nb'}");

        assertThat(PayloadJson.pointers(payload))
                .containsExactly("/to/0", "/to/1", "/from", "/reply_to", "/subject", "/text");
    }

    @Test
    void an_empty_object_lacks_recipient_subject_and_body() {
        assertThat(PayloadJson.pointers(PayloadJson.read(EmailPayload.class, "{}")))
                .containsExactly("/to", "/subject", "/text");
    }

    @Test
    void an_unknown_field_is_refused_by_the_reader() {
        assertThatThrownBy(() -> PayloadJson.read(EmailPayload.class, "{'attachments':[]}"))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("attachments");
    }

    @Test
    void fifty_recipients_are_allowed_and_fifty_one_are_not() {
        assertThat(mail(Collections.nCopies(49, "a@b.c"), "s").problems()).isEmpty();
        assertThat(mail(Collections.nCopies(50, "a@b.c"), "s").problems())
                .singleElement()
                .satisfies(p -> assertThat(p.detail()).contains("51", "50"));
    }

    @Test
    void a_subject_has_at_most_998_characters() {
        assertThat(mail(List.of(), "s".repeat(998)).problems()).isEmpty();
        assertThat(PayloadJson.pointers(mail(List.of(), "s".repeat(999)))).containsExactly("/subject");
    }

    static Stream<String> injections() {
        return Stream.of(
                        "\r", "\n", "\r\n", "\0", "\u0085", "\u2028", "\u2029", "\u000b", "\u000c", "\t", "\u007f",
                        "\ud800")
                .flatMap(end -> Stream.of(
                        end + "Bcc: victim@example.org", "x" + end + "Bcc: victim@example.org", "x" + end + " folded"));
    }

    @ParameterizedTest
    @MethodSource("injections")
    void a_header_cannot_be_injected_through_any_field(String text) {
        assertThat(PayloadJson.pointers(mail(List.of(), text))).containsExactly("/subject");
        for (String address : List.of(
                "a@b.c" + text, text + "a@b.c", text + " <a@b.c>", "Ann <a@b.c>" + text, "Ann <a" + text + "@b.c>")) {
            var payload = new EmailPayload(
                    List.of(address), List.of(address), List.of(address), address, address, "s", "t", null);
            assertThat(PayloadJson.pointers(payload)).containsExactly("/to/0", "/cc/0", "/bcc/0", "/from", "/reply_to");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@b.c",
                "a.b+c@example.org",
                "root@localhost",
                "Ann <a@b.c>",
                "<a@b.c>",
                "Ann Müller <a@b.c>",
                "\"Müller, Ann\" <a@b.c>",
                "o'neil@example.org",
                "a@xn--mller-kva.example",
                " a@b.c ",
                "Ann @ Work <a@b.c>"
            })
    void a_usual_address_is_accepted(String address) {
        assertThat(MailAddress.parse(address)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a",
                "@b.c",
                "a@",
                "a@b..c",
                "a@-b.c",
                "a@b-.c",
                ".a@b.c",
                "a.@b.c",
                "a..b@c.d",
                "a b@c.d",
                "a@b c.d",
                "a@b.c, d@e.f",
                "a@b.c;d@e.f",
                "a@b.c <",
                "Ann a@b.c>",
                "Ann <a@b.c",
                "<<a@b.c>>",
                "Ann <x> <a@b.c>",
                "\"Ann <a@b.c>",
                "ü@b.c",
                "a@ü.c",
                "\"a b\"@c.d",
                "a@[127.0.0.1]",
                "a@b.c>",
                "a@b@c.d",
                "Ann \\ <a@b.c>",
                "a@b_c.d",
                "a@b.c."
            })
    void a_malformed_address_is_refused(String address) {
        assertThat(MailAddress.parse(address)).isEmpty();
    }

    @Test
    void an_address_is_taken_apart() {
        assertThat(MailAddress.parse("\"Müller, Ann\" <Ann@Example.ORG>")).hasValueSatisfying(a -> {
            assertThat(a.name()).isEqualTo("Müller, Ann");
            assertThat(a.address()).isEqualTo("Ann@Example.ORG");
            assertThat(a.domain()).isEqualTo("example.org");
        });
    }

    private static EmailPayload mail(List<String> cc, String subject) {
        return new EmailPayload(List.of("a@b.c"), cc, null, null, null, subject, "text", null);
    }
}
