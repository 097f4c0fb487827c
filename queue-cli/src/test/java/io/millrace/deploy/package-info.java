/** Tests of the files that people deploy with. */
@NullMarked
package io.millrace.deploy;

import org.jspecify.annotations.NullMarked;
