/** Tests of the package of the same name. */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
