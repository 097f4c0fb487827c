/** The rows: migrations, named statements, and every SQL call of the engine. The only package (with the report handler's own data source) that touches JDBC. It knows nothing of Redis. */
@NullMarked
package io.millrace.core.postgres;

import org.jspecify.annotations.NullMarked;
