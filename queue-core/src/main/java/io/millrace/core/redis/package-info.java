/** The index: every key, one Lua script a file, and the calls around them. The only package that touches Jedis. It holds ids and fences, never a payload, and may lose everything. */
@NullMarked
package io.millrace.core.redis;

import org.jspecify.annotations.NullMarked;
