/**
 * The payloads of the job types that Millrace brings along. The API checks them at the door and the handlers read them,
 * so both sides agree on what a well-formed payload is.
 */
@NullMarked
package io.millrace.protocol.payload;

import org.jspecify.annotations.NullMarked;
