package leat.clients;

import java.util.Objects;

/** What a program expects. A program whose expectation fails ends with an exception, and not with zero. */
final class Check {
    private Check() {}

    static void that(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    static void equal(Object want, Object got) {
        that(Objects.equals(want, got), "got " + got + ", want " + want);
    }

    /** Expects a call to fail with an exception of the service, in certain words. */
    static void thrown(Class<? extends Exception> type, String words, Runnable call) {
        try {
            call.run();
        } catch (Exception e) {
            that(type.isInstance(e) && e.getMessage().contains(words), "got " + e + ", want " + type.getSimpleName() + " with " + words);
            return;
        }
        throw new AssertionError("want " + type.getSimpleName() + ", and the call succeeded");
    }
}
