package io.millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The micro-benchmarks, by JMH with its own JVMs: as many as the run repeats things, with five measurements each. */
final class Micro implements Scenario {

    private static final int WARM_UPS = 3;
    private static final int ITERATIONS = 5;
    private static final TimeValue ITERATION = TimeValue.seconds(1);

    @Override
    public String name() {
        return "micro";
    }

    @Override
    public void measure(Run run) throws Exception {
        var options = new OptionsBuilder()
                .include("io\\.millrace\\..*Benchmark\\.")
                .forks(run.sizes().repetitions())
                .warmupIterations(WARM_UPS)
                .warmupTime(ITERATION)
                .measurementIterations(ITERATIONS)
                .measurementTime(ITERATION)
                .jvmArgsAppend("-Dbench.redis=" + run.stores().redisUri())
                .shouldFailOnError(true)
                .build();
        for (RunResult result : new Runner(options).run()) {
            run.measured(new Figure(
                    name(),
                    nameOf(result.getParams()),
                    result.getPrimaryResult().getScoreUnit(),
                    scores(result)));
        }
    }

    private static List<Double> scores(RunResult result) {
        List<Double> scores = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                scores.add(iteration.getPrimaryResult().getScore());
            }
        }
        return scores;
    }

    private static String nameOf(BenchmarkParams params) {
        String method = params.getBenchmark();
        String name = method.substring(method.lastIndexOf('.') + 1).replace('_', ' ');
        return params.getParamsKeys().stream()
                .map(key -> ", " + key + " " + params.getParam(key))
                .collect(Collectors.joining("", name, ""));
    }
}
