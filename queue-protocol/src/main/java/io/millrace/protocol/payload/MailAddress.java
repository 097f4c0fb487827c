package io.millrace.protocol.payload;

import java.util.Locale;
import java.util.Optional;

/**
 * One mailbox: {@code ann@example.org} or {@code Ann <ann@example.org>}. The part before the @ is a dot-atom of ASCII (RFC
 * 5321; no quoted form), the domain a host name (ASCII, so international names in their {@code xn--} form). Nothing in it
 * can end a header line.
 *
 * @param name the display name without quotes; empty when there is none
 * @param address the address alone, as given
 */
public record MailAddress(String name, String address) {

    /** What an address must look like, for messages. */
    public static final String RULE =
            "an address such as ann@example.org or Ann <ann@example.org>, without control characters";

    private static final int LONGEST_TEXT = 600;
    private static final int LONGEST_LOCAL = 64;
    private static final int LONGEST_DOMAIN = 253;
    private static final int LONGEST_LABEL = 63;
    private static final String SYMBOLS = "!#$%&'*+-/=?^_`{|}~";

    /** Reads a mailbox; empty when it breaks {@link #RULE}. Whether it exists is for the mail server to say. */
    public static Optional<MailAddress> parse(String text) {
        if (text.length() > LONGEST_TEXT || HeaderText.hasControls(text)) {
            return Optional.empty();
        }
        String trimmed = text.strip();
        if (!trimmed.endsWith(">")) {
            return isAddress(trimmed) ? Optional.of(new MailAddress("", trimmed)) : Optional.empty();
        }
        int open = trimmed.lastIndexOf('<');
        if (open < 0) {
            return Optional.empty();
        }
        String address = trimmed.substring(open + 1, trimmed.length() - 1);
        Optional<String> name = displayName(trimmed.substring(0, open).strip());
        return isAddress(address) ? name.map(n -> new MailAddress(n, address)) : Optional.empty();
    }

    /** What stands after the @, in lower case. */
    public String domain() {
        return address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    }

    private static Optional<String> displayName(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        String bare = quoted ? text.substring(1, text.length() - 1) : text;
        boolean clean = bare.chars().noneMatch(c -> c == '<' || c == '>' || c == '"' || c == '\\');
        return clean ? Optional.of(bare) : Optional.empty();
    }

    private static boolean isAddress(String text) {
        int at = text.lastIndexOf('@');
        return at > 0 && isLocalPart(text.substring(0, at)) && isDomain(text.substring(at + 1));
    }

    private static boolean isLocalPart(String text) {
        return text.length() <= LONGEST_LOCAL
                && !text.startsWith(".")
                && !text.endsWith(".")
                && !text.contains("..")
                && text.chars().allMatch(c -> isLetterOrDigit(c) || c == '.' || SYMBOLS.indexOf(c) >= 0);
    }

    private static boolean isDomain(String text) {
        if (text.isEmpty() || text.length() > LONGEST_DOMAIN) {
            return false;
        }
        for (String label : text.split("\\.", -1)) {
            boolean fits = !label.isEmpty()
                    && label.length() <= LONGEST_LABEL
                    && !label.startsWith("-")
                    && !label.endsWith("-")
                    && label.chars().allMatch(c -> isLetterOrDigit(c) || c == '-');
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
