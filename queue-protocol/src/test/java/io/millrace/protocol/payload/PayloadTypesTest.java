package io.millrace.protocol.payload;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.JobType;
import org.junit.jupiter.api.Test;

class PayloadTypesTest {

    @Test
    void each_built_in_type_has_a_payload_and_others_have_none() {
        assertThat(PayloadTypes.of(JobType.EMAIL_SEND)).contains(EmailPayload.class);
        assertThat(PayloadTypes.of(JobType.REPORT_RENDER)).contains(ReportPayload.class);
        assertThat(PayloadTypes.of(JobType.IMAGE_RESIZE)).contains(ImagePayload.class);
        assertThat(PayloadTypes.of(new JobType("my.own"))).isEmpty();
    }

    @Test
    void an_absent_field_of_a_payload_is_null_or_zero_and_a_written_payload_is_read_back() {
        var append = PayloadJson.read(DiagnosticAppend.class, "{'file':'out.txt'}");

        assertThat(append.ms()).isZero();
        assertThat(append.problems()).isEmpty();
        var image = PayloadJson.read(ImagePayload.class, "{'source':{'base64':'aGk='},'outputs':[{'width':3}]}");
        assertThat(PayloadJson.read(ImagePayload.class, PayloadJson.write(image)))
                .isEqualTo(image);
    }

    @Test
    void diagnostic_payloads_name_what_is_out_of_range() {
        assertThat(PayloadJson.pointers(new DiagnosticSleep(-1))).containsExactly("/ms");
        assertThat(PayloadJson.pointers(new DiagnosticFail(1_001, false))).containsExactly("/times");
        assertThat(PayloadJson.pointers(new DiagnosticAppend("../x", -1, "a\nb")))
                .containsExactly("/file", "/ms", "/text");
        assertThat(PayloadJson.pointers(new DiagnosticAppend(null, 0, null))).containsExactly("/file");
    }
}
