/** The service's contract, {@code openapi.yaml}, as it is served and rendered. It knows nothing of the routes it describes. */
@NullMarked
package io.millrace.api.contract;

import org.jspecify.annotations.NullMarked;
