/**
 * Resizes pictures: the handler of {@code image.resize} and its configuration. What it promises: no picture is decoded
 * before its size is known and allowed, only the formats named are read at all, and nothing but pixels reaches an output.
 * It knows nothing of queues, leases and databases.
 */
@NullMarked
package io.millrace.worker.image;

import org.jspecify.annotations.NullMarked;
