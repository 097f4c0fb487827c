package io.millrace.worker.report;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Cells as text. */
final class Cells {

    private Cells() {}

    /** Numbers without exponent, nothing for null. */
    static String text(@Nullable Object cell) {
        if (cell == null) {
            return "";
        }
        return cell instanceof Number number ? plain(number) : cell.toString();
    }

    private static String plain(Number number) {
        if (number instanceof Double || number instanceof Float) {
            double value = number.doubleValue();
            return Double.isFinite(value)
                    ? new BigDecimal(number.toString()).stripTrailingZeros().toPlainString()
                    : number.toString();
        }
        return number instanceof BigDecimal decimal ? decimal.toPlainString() : number.toString();
    }

    /** Replaces what no XML document can hold (XML 1.0, 2.2): controls and halves of surrogate pairs. */
    static String forXml(String text) {
        if (text.codePoints().allMatch(Cells::isXml)) {
            return text;
        }
        var clean = new StringBuilder(text.length());
        text.codePoints().map(c -> isXml(c) ? c : '\uFFFD').forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static boolean isXml(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xD7FF)
                || (c >= 0xE000 && c <= 0xFFFD)
                || c >= 0x10000;
    }
}
