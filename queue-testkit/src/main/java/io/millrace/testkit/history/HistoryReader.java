package io.millrace.testkit.history;

import io.millrace.testkit.history.HistoryEvent.Accepted;
import io.millrace.testkit.history.HistoryEvent.Effect;
import io.millrace.testkit.history.HistoryEvent.Ended;
import io.millrace.testkit.history.HistoryEvent.Fault;
import io.millrace.testkit.history.HistoryEvent.FaultKind;
import io.millrace.testkit.history.HistoryEvent.Refused;
import io.millrace.testkit.history.HistoryEvent.Started;
import io.millrace.testkit.history.HistoryEvent.Submitted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Reads what all processes wrote, in the order of the monotonic clock. */
public final class HistoryReader {

    static final String SUFFIX = ".history";

    private HistoryReader() {}

    /** All events of a folder. The last line of a file may be cut off; it is left out. */
    public static List<HistoryEvent> read(Path folder) {
        List<HistoryEvent> events = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(SUFFIX)).toList()) {
                String text = Files.readString(file);
                text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> events.add(parse(line)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        events.sort(Comparator.comparingLong(event -> event.at().nanos()));
        return events;
    }

    static HistoryEvent parse(String line) {
        String[] part = line.split("\t", -1);
        Stamp at = new Stamp(Long.parseLong(part[0]), Long.parseLong(part[1]));
        return switch (part[2]) {
            case "submitted" -> new Submitted(at, part[3]);
            case "accepted" -> new Accepted(at, part[3], part[4]);
            case "refused" -> new Refused(at, part[3], part[4]);
            case "started" -> new Started(at, part[3], Integer.parseInt(part[4]), part[5]);
            case "effect" -> new Effect(at, part[3], Integer.parseInt(part[4]), part[5]);
            case "ended" -> new Ended(at, part[3], Integer.parseInt(part[4]), part[5], part[6]);
            case "fault" -> new Fault(at, FaultKind.valueOf(part[3]), part[4]);
            default -> throw new IllegalArgumentException("no event is written as: " + line);
        };
    }
}
