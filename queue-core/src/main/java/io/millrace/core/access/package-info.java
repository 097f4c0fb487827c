/** API keys: who may come in, and what each key may do. Keys are kept as SHA-256; the text is shown once. */
@NullMarked
package io.millrace.core.access;

import org.jspecify.annotations.NullMarked;
