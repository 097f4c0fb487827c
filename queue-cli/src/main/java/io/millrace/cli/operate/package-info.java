/**
 * The operator's commands that ask a service over REST, by the Java SDK, one class a command. They know the service by
 * {@code MILLRACE_URL} and {@code MILLRACE_API_KEY} and touch neither PostgreSQL nor Redis, so what they do is checked and
 * noted as for anybody else. What they print is for people; programs use REST or the SDK.
 */
@NullMarked
package io.millrace.cli.operate;

import org.jspecify.annotations.NullMarked;
