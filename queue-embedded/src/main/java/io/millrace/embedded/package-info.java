/**
 * A real Redis and a real PostgreSQL as child processes, for {@code millrace up} and for tests.
 *
 * <p>It finds or unpacks the programs, keeps one owner per data folder, starts the servers on 127.0.0.1 only with random
 * passwords and with durability on, stops them in order, and recognises what a crashed owner left behind. It promises
 * that {@code start} returns a server that answers, or throws with the server's own last words; and that {@code close}
 * returns when the process is gone. It must not know what the servers are used for.
 */
@NullMarked
package io.millrace.embedded;

import org.jspecify.annotations.NullMarked;
