package io.millrace.protocol.payload;

/** What may stand in one line of a mail header or title. */
final class HeaderText {

    private static final int LINE_SEPARATOR = 0x2028;
    private static final int PARAGRAPH_SEPARATOR = 0x2029;

    private HeaderText() {}

    /** Whether a control character, a line end of any kind or half a surrogate pair is in it. */
    static boolean hasControls(String text) {
        return text.codePoints()
                .anyMatch(c -> Character.isISOControl(c)
                        || c == LINE_SEPARATOR
                        || c == PARAGRAPH_SEPARATOR
                        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }
}
