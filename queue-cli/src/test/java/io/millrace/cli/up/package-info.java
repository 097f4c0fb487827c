/** Tests of the package of the same name. */
@NullMarked
package io.millrace.cli.up;

import org.jspecify.annotations.NullMarked;
