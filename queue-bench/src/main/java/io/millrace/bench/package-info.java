/**
 * Measures Millrace as it is shipped: real servers with durable settings on this machine, an API process and a worker
 * process of their own, and floors in the same run that say what the machine allows. It changes nothing outside its
 * temporary folder. Nothing depends on it.
 */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
