/**
 * What really happened, written down by those who saw it, and whether that keeps the promises. Clients, handlers and the
 * test that breaks things append to files of their own, which the system under test does not own; a trigger in
 * PostgreSQL is the witness of every change of a job's state and fence. The checker holds all of it against the
 * invariants. It knows the tables and the keys of the index, not the code that writes them.
 */
@NullMarked
package io.millrace.testkit.history;

import org.jspecify.annotations.NullMarked;
