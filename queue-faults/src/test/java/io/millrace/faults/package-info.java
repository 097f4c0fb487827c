/**
 * Experiments: processes of their own, stores of their own, steady load, something that breaks, and a history that is
 * held against the invariants when everything has come to rest. One experiment at a time runs on a machine.
 */
@NullMarked
package io.millrace.faults;

import org.jspecify.annotations.NullMarked;
