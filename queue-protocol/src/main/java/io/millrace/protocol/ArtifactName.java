package io.millrace.protocol;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The name of a file that a job made: 1 to 100 characters of letters, digits, {@code . _ -}. It neither starts nor ends
 * with a dot and is no device name of Windows, so that it means the same file on every system and can leave no folder.
 *
 * @param value the name
 */
public record ArtifactName(String value) {

    /** What a name must look like, for messages. */
    public static final String RULE = "1 to 100 characters of a-z, A-Z, 0-9, '.', '_' and '-', starting with a letter,"
            + " digit, '_' or '-', not ending with '.', and no device name such as 'con' or 'nul.txt'";

    private static final int LONGEST = 100;
    private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul");

    /** @throws IllegalArgumentException when the name breaks {@link #RULE} */
    public ArtifactName {
        if (!fits(value)) {
            throw new IllegalArgumentException("artifact name '" + printable(value) + "' is not " + RULE);
        }
    }

    /** Reads a name; empty when it breaks {@link #RULE}. */
    public static Optional<ArtifactName> parse(String text) {
        return fits(text) ? Optional.of(new ArtifactName(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean fits(String text) {
        if (text.isEmpty() || text.length() > LONGEST || text.startsWith(".") || text.endsWith(".")) {
            return false;
        }
        return text.chars().allMatch(ArtifactName::isAllowed) && !isDevice(text);
    }

    private static boolean isAllowed(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /** Windows takes "nul" and "com1" for devices whatever extension follows. */
    private static boolean isDevice(String text) {
        int dot = text.indexOf('.');
        String stem = (dot < 0 ? text : text.substring(0, dot)).toLowerCase(Locale.ROOT);
        boolean numbered = stem.length() == 4 && (stem.startsWith("com") || stem.startsWith("lpt"));
        return DEVICES.contains(stem) || (numbered && Character.isDigit(stem.charAt(3)));
    }

    private static String printable(String text) {
        return Names.shown(text.replaceAll("\\p{Cntrl}", "?"));
    }
}
