package io.millrace.embedded;

/** Another program listens on the port. */
final class PortTakenException extends EmbeddedServerException {

    private static final long serialVersionUID = 1L;

    PortTakenException(String server, int port) {
        super("cannot start " + server + ": port " + port
                + " on 127.0.0.1 is in use by another program. Stop that program, name another port, or name 0 for any"
                + " free one.");
    }
}
