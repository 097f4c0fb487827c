package io.millrace.bench;

import java.util.List;

/**
 * One thing that was measured several times.
 *
 * @param scenario what was done
 * @param name what was measured
 * @param unit of the values
 * @param values one each time, in their order; at least one
 */
record Figure(String scenario, String name, String unit, List<Double> values) {

    Figure {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured of " + name);
        }
    }

    double median() {
        return Figures.median(values);
    }

    double lowest() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double highest() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
