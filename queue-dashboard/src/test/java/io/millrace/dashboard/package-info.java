/** Tests of what the server sends; what a browser makes of it is tested in queue-browser-test. */
@NullMarked
package io.millrace.dashboard;

import org.jspecify.annotations.NullMarked;
