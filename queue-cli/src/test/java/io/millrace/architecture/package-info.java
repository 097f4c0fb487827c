/** What may depend on what, and the house rules that can be checked from class files. It lives here because the command sees every module. */
@NullMarked
package io.millrace.architecture;

import org.jspecify.annotations.NullMarked;
