/** The operator's commands against a service. */
@NullMarked
package io.millrace.cli.operate;

import org.jspecify.annotations.NullMarked;
