package io.millrace.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterSqlTest {

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '`',
            value = {
                "select 1 => select 1 => ``",
                "a = :a and b=:b_2::date or :a => a = ? and b=?::date or ? => a,b_2,a",
                "':no' || \":no\" || :yes => ':no' || \":no\" || ? => yes",
                "'it''s :no' :yes => 'it''s :no' ? => yes",
                "/* :no */ :yes -- :no => /* :no */ ? -- :no => yes",
                "$$ :no $$ $t$ :no $$ $t$ :yes $1 => $$ :no $$ $t$ :no $$ $t$ ? $1 => yes",
                "a[1:2] x::int 10:30 ':x => a[1:2] x::int 10:30 ':x => ``",
                "tags ? 'x' and b = :b => tags ?? 'x' and b = ? => b",
                ":a:b => ?? => a,b",
                "/* open :no => /* open :no => ``",
            })
    void marks_become_question_marks_and_nothing_else_does(String text, String sql, String names) {
        ParameterSql parsed = ParameterSql.parse(text);

        assertThat(parsed.sql()).isEqualTo(sql);
        assertThat(String.join(",", parsed.names())).isEqualTo(names);
    }
}
