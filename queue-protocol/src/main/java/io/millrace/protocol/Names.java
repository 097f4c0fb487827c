package io.millrace.protocol;

/** The one rule for names of queues and types. */
final class Names {

    private static final int LONGEST = 64;

    private Names() {}

    static boolean isName(String text, boolean dots) {
        if (text.isEmpty() || text.length() > LONGEST || !isLetterOrDigit(text.charAt(0))) {
            return false;
        }
        return text.chars().allMatch(c -> isLetterOrDigit(c) || c == '_' || c == '-' || (dots && c == '.'));
    }

    /** The refused text, cut so that an error message stays short. */
    static String shown(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
