/** The composition of the engine: it wires the parts together and holds no logic of its own. */
@NullMarked
package io.millrace.core;

import org.jspecify.annotations.NullMarked;
