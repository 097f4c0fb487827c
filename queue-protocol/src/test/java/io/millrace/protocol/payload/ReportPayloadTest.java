package io.millrace.protocol.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportPayloadTest {

    @Test
    void inline_rows_and_a_query_are_each_enough() {
        assertThat(read("{'title':'T','format':'pdf','columns':['a','b'],'rows':[['x',1],[null,true],[1.5,'']]}")
                        .problems())
                .isEmpty();
        assertThat(read("{'title':'T','format':'csv','query':'sales-2','parameters':{'since':'2026-01-01','n':3}}")
                        .problems())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{} | /title,/format,/columns,/rows",
                "{'title':' ','format':'doc','columns':[],'rows':[]} | /title,/format,/columns",
                "{'title':'a\\nb','format':'PDF','columns':['a'],'rows':[]} | /title,/format",
                "{'title':'t','format':'pdf','columns':[null],'rows':[null]} | /columns/0,/rows/0",
                "{'title':'t','format':'pdf','columns':['a'],'rows':[['x','y'],[[1]],[{}],[]]} | /rows/0,/rows/1/0,/rows/2/0,/rows/3",
                "{'title':'t','format':'pdf','columns':['a'],'rows':[],'query':'q'} | /columns,/rows",
                "{'title':'t','format':'pdf','columns':['a'],'rows':[],'parameters':{}} | /parameters",
                "{'title':'t','format':'pdf','query':'DROP TABLE'} | /query",
                "{'title':'t','format':'pdf','query':'q','parameters':{'a/b~':[]}} | /parameters/a~1b~0,/parameters/a~1b~0",
            })
    void every_problem_is_named(String json, String pointers) {
        assertThat(PayloadJson.pointers(read(json))).containsExactly(pointers.split(","));
    }

    @Test
    void a_hundred_thousand_rows_are_allowed_and_one_more_is_not() {
        List<Object> row = List.of("x");
        assertThat(inline(Collections.nCopies(100_000, row)).problems()).isEmpty();
        assertThat(PayloadJson.pointers(inline(Collections.nCopies(100_001, row))))
                .containsExactly("/rows");
    }

    @Test
    void many_problems_are_cut_and_the_cut_is_said() {
        List<Object> tooLong = List.of("x", "y");

        var problems = inline(Collections.nCopies(100_000, tooLong)).problems();

        assertThat(problems).hasSize(ProblemList.MOST + 1);
        assertThat(problems.get(ProblemList.MOST).detail()).contains("more problems");
    }

    private static ReportPayload read(String json) {
        return PayloadJson.read(ReportPayload.class, json);
    }

    private static ReportPayload inline(List<List<Object>> rows) {
        return new ReportPayload("t", "csv", List.of("a"), rows, null, null);
    }
}
