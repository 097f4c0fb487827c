package io.millrace.worker.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement whose {@code :name} marks became JDBC's question marks. Text in quotes, comments, dollar quotes and the casts
 * {@code ::type} are left alone.
 *
 * @param sql with a question mark for each parameter
 * @param names the parameter of each question mark, in order; a name may stand several times
 */
record ParameterSql(String sql, List<String> names) {

    ParameterSql {
        names = List.copyOf(names);
    }

    static ParameterSql parse(String text) {
        var sql = new StringBuilder();
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = endOfToken(text, at);
            if (isParameter(text, at, end)) {
                names.add(text.substring(at + 1, end));
                sql.append('?');
            } else {
                sql.append(escaped(text, at, end));
            }
            at = end;
        }
        return new ParameterSql(sql.toString(), names);
    }

    /** A lone question mark is an operator of PostgreSQL's; its driver wants it doubled. */
    private static String escaped(String text, int at, int end) {
        return end == at + 1 && text.charAt(at) == '?' ? "??" : text.substring(at, end);
    }

    private static boolean isParameter(String text, int at, int end) {
        return text.charAt(at) == ':' && end > at + 1 && text.charAt(at + 1) != ':';
    }

    private static int endOfToken(String text, int at) {
        char c = text.charAt(at);
        if (c == '\'' || c == '"') {
            return after(text, String.valueOf(c), at + 1);
        }
        if (text.startsWith("--", at)) {
            return after(text, "\n", at);
        }
        if (text.startsWith("/*", at)) {
            return after(text, "*/", at + 2);
        }
        if (text.startsWith("::", at)) {
            return at + 2;
        }
        if (c == '$') {
            return endOfDollar(text, at);
        }
        return c == ':' ? endOfName(text, at + 1) : at + 1;
    }

    private static int endOfDollar(String text, int at) {
        int tagEnd = endOfName(text, at + 1);
        boolean quote = tagEnd < text.length() && text.charAt(tagEnd) == '$';
        return quote ? after(text, text.substring(at, tagEnd + 1), tagEnd + 1) : at + 1;
    }

    private static int endOfName(String text, int from) {
        int end = from;
        while (end < text.length() && isNamePart(text.charAt(end), end == from)) {
            end++;
        }
        return end;
    }

    private static boolean isNamePart(char c, boolean first) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
    }

    private static int after(String text, String wanted, int from) {
        int at = text.indexOf(wanted, from);
        return at < 0 ? text.length() : at + wanted.length();
    }
}
