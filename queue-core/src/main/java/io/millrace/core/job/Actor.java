package io.millrace.core.job;

/**
 * Who does something, as the audit log names them.
 *
 * @param keyId the part of their API key that is not secret
 * @param owner the owner of that key
 */
public record Actor(String keyId, String owner) {

    /** What a process does by its settings, without anybody's key. */
    public static final Actor SETTINGS = new Actor("settings", "settings");
}
