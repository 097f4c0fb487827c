/** Dead letters by kind of failure, and changes of many jobs as operations that can be watched and aborted. */
@NullMarked
package io.millrace.api.operation;

import org.jspecify.annotations.NullMarked;
