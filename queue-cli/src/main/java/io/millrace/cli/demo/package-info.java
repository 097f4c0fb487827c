/**
 * A job of each kind, submitted as any producer would, for people who see Millrace for the first time. It promises that
 * what it shows was really delivered, rendered and resized by a worker. It knows the REST contract through the SDK only.
 */
@NullMarked
package io.millrace.cli.demo;

import org.jspecify.annotations.NullMarked;
