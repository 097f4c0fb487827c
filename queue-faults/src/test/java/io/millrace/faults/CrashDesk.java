package io.millrace.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A folder in which the harness leaves orders and processes take them: a file each, and whoever deletes it has it. Safe
 * for any number of processes.
 */
final class CrashDesk {

    private final Path orders;
    private final Path taken;

    CrashDesk(Path folder) {
        this.orders = folder.resolve("orders");
        this.taken = folder.resolve("taken");
        try {
            Files.createDirectories(orders);
            Files.createDirectories(taken);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves an order. */
    void give(CrashOrder order) {
        write(orders.resolve(order.fileName()), "");
    }

    /** Takes an order back; false when somebody has it. */
    boolean withdraw(CrashOrder order) {
        return take(order);
    }

    /** The orders that nobody has taken. */
    List<CrashOrder> open() {
        try (Stream<Path> files = Files.list(orders)) {
            return files.map(file -> CrashOrder.ofFileName(file.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True for one caller alone. */
    boolean take(CrashOrder order) {
        try {
            Files.delete(orders.resolve(order.fileName()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says which process is at the place. */
    void arrived(CrashOrder order, long pid) {
        Path draft = taken.resolve(order.fileName() + ".draft");
        write(draft, Long.toString(pid));
        try {
            Files.move(draft, taken.resolve(order.fileName()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which process is at the place. */
    OptionalLong whoArrived(CrashOrder order) {
        return read(taken.resolve(order.fileName())).map(Long::parseLong).stream()
                .mapToLong(Long::longValue)
                .findFirst();
    }

    /** Lets a thread that hangs go on. */
    void release(CrashOrder order) {
        write(taken.resolve(order.fileName() + ".go"), "");
    }

    boolean isReleased(CrashOrder order) {
        return Files.exists(taken.resolve(order.fileName() + ".go"));
    }

    /** Forgets what became of an order, so that it can be given again. */
    void clear(CrashOrder order) {
        try {
            Files.deleteIfExists(taken.resolve(order.fileName()));
            Files.deleteIfExists(taken.resolve(order.fileName() + ".go"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.write(file, text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
