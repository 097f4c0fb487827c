/**
 * Micro-benchmarks of what every job passes through: ids, entries of the index, and its scripts. They are for comparing a
 * piece of code with an earlier form of itself, and say nothing about the product as a whole.
 */
@NullMarked
package io.millrace.bench.micro;

import org.jspecify.annotations.NullMarked;
