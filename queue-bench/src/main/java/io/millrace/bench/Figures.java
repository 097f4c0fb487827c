package io.millrace.bench;

import java.util.List;
import java.util.Locale;

/** What the figures of several scenarios are made with. */
final class Figures {

    private Figures() {}

    /** A number with a comma between thousands. */
    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
