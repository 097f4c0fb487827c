/** Where an attempt ends: the outcome is committed under the fence, then the lease is dropped and what follows is indexed. */
@NullMarked
package io.millrace.core.finish;

import org.jspecify.annotations.NullMarked;
