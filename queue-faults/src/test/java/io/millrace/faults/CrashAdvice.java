package io.millrace.faults;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** What is woven around the method of a crash point. Its code is copied into that method. */
final class CrashAdvice {

    private static final String PLACE = "#t.#m";

    private CrashAdvice() {}

    @Advice.OnMethodEnter
    static void before(@Advice.Origin(PLACE) String place, @Advice.AllArguments Object[] arguments) {
        CrashProbe.pass(place, false, arguments, null);
    }

    /** A method that throws has no side behind it: nobody knows whether its write was done. */
    @Advice.OnMethodExit
    static void after(
            @Advice.Origin(PLACE) String place,
            @Advice.AllArguments Object[] arguments,
            @Advice.Return(typing = Assigner.Typing.DYNAMIC) @Nullable Object answer) {
        CrashProbe.pass(place, true, arguments, answer);
    }
}
