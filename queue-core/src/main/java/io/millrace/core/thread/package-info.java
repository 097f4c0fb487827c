/** The one place where threads are made: every one has a name, every loop survives its errors and stops when told. */
@NullMarked
package io.millrace.core.thread;

import org.jspecify.annotations.NullMarked;
