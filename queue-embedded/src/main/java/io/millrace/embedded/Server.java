package io.millrace.embedded;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A server's life from the first start to {@link #close}: one folder, one port, and one process after the other. Every
 * change of state holds this object's monitor; questions do not, so they answer while a stop takes its time.
 */
final class Server implements AutoCloseable {

    private static final int TRIES_FOR_A_PORT = 5;

    private final DataFolder folder;
    private final Launcher launcher;
    private final List<StopStep> orderly;
    private final int port;
    private volatile ServerProcess process;
    private boolean closed;

    private Server(DataFolder folder, Launcher launcher, List<StopStep> orderly, int port, ServerProcess process) {
        this.folder = folder;
        this.launcher = launcher;
        this.orderly = orderly;
        this.port = port;
        this.process = process;
    }

    /** Starts on the wanted port, or on a free one when that is 0. */
    static Server start(String name, DataFolder folder, int wantedPort, List<StopStep> orderly, Launcher launcher) {
        for (int left = TRIES_FOR_A_PORT; ; left--) {
            int port = wantedPort == 0 ? Ports.anyFree(name) : wantedPort;
            try {
                return new Server(folder, launcher, orderly, port, launcher.launch(port));
            } catch (PortTakenException e) {
                // Another program may take a free port between our look and the server's start.
                if (wantedPort != 0 || left == 1) {
                    throw e;
                }
            }
        }
    }

    int port() {
        return port;
    }

    Process process() {
        return process.process();
    }

    synchronized void stop(List<StopStep> steps) {
        StopStep.stop(process().toHandle(), steps);
        // Gone for the system; soon for Java as well, whose thread collects the exit code.
        process().onExit().join();
        folder.forgetServer();
    }

    synchronized void stop() {
        stop(orderly);
    }

    /** SIGKILL, and waits until the process and its children are gone. */
    synchronized void kill() {
        List<ProcessHandle> children = process().descendants().toList();
        stop(List.of());
        children.forEach(child -> StopStep.stop(child, List.of()));
    }

    synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("the server in " + folder + " was closed");
        }
        stop();
        process = launcher.launch(port);
    }

    /** Stops the process and its children where they are; they answer nothing and lose nothing. */
    synchronized void pause() {
        Signal.STOP.send(process().toHandle());
        process().descendants().forEach(Signal.STOP::send);
    }

    synchronized void resume() {
        List<ProcessHandle> all = new ArrayList<>(process().descendants().toList());
        Collections.reverse(all);
        all.add(process().toHandle());
        all.forEach(Signal.CONT::send);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                stop();
            } finally {
                folder.close();
            }
        }
    }

    /** Starts the process and returns when it answers. */
    @FunctionalInterface
    interface Launcher {
        /** Starts it on the port; a {@link PortTakenException} says that another program has it. */
        ServerProcess launch(int port);
    }
}
