/**
 * What docs/sdk-java.md shows of a service, apart from any test, so that the same lines run against scripted answers here and
 * against the service itself in the module that has it. It knows the SDK's public classes only.
 */
@NullMarked
package io.millrace.client.examples;

import org.jspecify.annotations.NullMarked;
