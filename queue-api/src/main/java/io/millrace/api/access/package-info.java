/** The routes of API keys and of the audit log, and their JSON. */
@NullMarked
package io.millrace.api.access;

import org.jspecify.annotations.NullMarked;
