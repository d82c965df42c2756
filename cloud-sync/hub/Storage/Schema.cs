namespace EdgeFace.Hub.Storage;

/// <summary>
/// The tables, in SQL that both engines read once {id}, {bytes} and {real} are put in. A step is never changed once it was
/// shipped: the next one is added.
/// </summary>
static class Schema
{
    public static readonly string[] Steps =
    [
        """
        CREATE TABLE setting (name text PRIMARY KEY, value text NOT NULL);
        CREATE TABLE lease (name text PRIMARY KEY, holder text NOT NULL, until bigint NOT NULL);
        CREATE TABLE instance (name text PRIMARY KEY, beat bigint NOT NULL);

        CREATE TABLE operator (
            id {id}, login text NOT NULL UNIQUE, role text NOT NULL, password text, totp {bytes}, external text UNIQUE,
            created bigint NOT NULL, seen bigint, disabled bigint, failures bigint NOT NULL DEFAULT 0, locked_until bigint,
            totp_step bigint NOT NULL DEFAULT 0, password_until bigint);
        CREATE TABLE recovery_code (operator bigint NOT NULL, hash {bytes} NOT NULL, PRIMARY KEY (operator, hash));
        CREATE TABLE session (
            hash {bytes} PRIMARY KEY, operator bigint NOT NULL, created bigint NOT NULL, seen bigint NOT NULL, expires bigint NOT NULL,
            agent text NOT NULL, verified bigint NOT NULL, pending bigint NOT NULL DEFAULT 0);
        CREATE INDEX session_of ON session (operator);
        CREATE TABLE token (
            id {id}, name text NOT NULL, hash {bytes} NOT NULL UNIQUE, scopes text NOT NULL, created bigint NOT NULL, by text NOT NULL,
            expires bigint NOT NULL, seen bigint, revoked bigint);
        CREATE TABLE audit (
            seq bigint PRIMARY KEY, at bigint NOT NULL, actor text NOT NULL, action text NOT NULL, target text NOT NULL,
            detail text NOT NULL, hash {bytes} NOT NULL, mac {bytes} NOT NULL);

        CREATE TABLE device (
            name text PRIMARY KEY, spki {bytes} NOT NULL, sealing {bytes}, model text, registered bigint NOT NULL, revoked bigint,
            status text NOT NULL DEFAULT 'new', status_at bigint, gallery text, version bigint NOT NULL DEFAULT 0, content {bytes},
            people bigint NOT NULL DEFAULT 0, reported_at bigint, refusal_code text, refusal text,
            desired bigint NOT NULL DEFAULT 0, desired_site text, applied_site text, applied bigint, settings_refused bigint, settings_code text, settings_faults text,
            agent text, trust bigint, event_at bigint, conflicts bigint NOT NULL DEFAULT 0, missing bigint NOT NULL DEFAULT 0,
            swept bigint NOT NULL DEFAULT 0, enrolls bigint NOT NULL DEFAULT 0,
            began bigint NOT NULL DEFAULT 0, sent bigint NOT NULL DEFAULT 0);
        CREATE TABLE site (name text PRIMARY KEY, body text NOT NULL, version bigint NOT NULL, changed bigint NOT NULL, by text NOT NULL);
        CREATE TABLE rollout (
            id text PRIMARY KEY, title text NOT NULL, site text NOT NULL, state text NOT NULL, stage bigint NOT NULL, stages text NOT NULL, rule text NOT NULL,
            stage_at bigint NOT NULL, looked_at bigint, looks bigint NOT NULL DEFAULT 0, spread {real} NOT NULL DEFAULT 1, reason text, figures text,
            created bigint NOT NULL, by text NOT NULL, ended bigint);
        CREATE TABLE rollout_device (
            rollout text NOT NULL, device text NOT NULL, stage bigint NOT NULL, was_desired bigint, previous text, told bigint, version bigint, was_online bigint NOT NULL DEFAULT 0,
            reached bigint, excused bigint NOT NULL DEFAULT 0, back bigint,
            base_hours {real} NOT NULL DEFAULT 0, base_decisions bigint NOT NULL DEFAULT 0, base_denials bigint NOT NULL DEFAULT 0, base_errors bigint NOT NULL DEFAULT 0,
            mark_at bigint NOT NULL, mark_decisions bigint NOT NULL DEFAULT 0, mark_denials bigint NOT NULL DEFAULT 0, mark_errors bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (rollout, device));
        CREATE INDEX rollout_of ON rollout_device (device);
        CREATE TABLE provisioning (
            hash {bytes} PRIMARY KEY, device text NOT NULL, created bigint NOT NULL, by text NOT NULL, expires bigint NOT NULL, used bigint);
        CREATE TABLE certificate (serial text PRIMARY KEY, device text NOT NULL, issued bigint NOT NULL, revoked bigint);
        CREATE TABLE door (
            device text NOT NULL, name text NOT NULL, kind text, kind_at bigint, person text, person_at bigint, reason text, latency {real},
            liveness text, state text, state_at bigint, camera text, camera_at bigint, lockdown bigint NOT NULL DEFAULT 0, lockdown_at bigint,
            PRIMARY KEY (device, name));
        CREATE TABLE command (
            id text PRIMARY KEY, device text NOT NULL, command text NOT NULL, door text, issued bigint NOT NULL, expires bigint NOT NULL,
            by text NOT NULL, result text, code text, message text, answered bigint, more text);
        CREATE INDEX command_recent ON command (issued);

        CREATE TABLE stranger (device text PRIMARY KEY, events bigint NOT NULL, first bigint NOT NULL, last bigint NOT NULL);
        CREATE TABLE swept (device text NOT NULL, boot bigint NOT NULL, first bigint NOT NULL, last bigint NOT NULL, PRIMARY KEY (device, boot, first));
        CREATE TABLE conflict (
            device text NOT NULL, boot bigint NOT NULL, seq bigint NOT NULL, hash {bytes} NOT NULL, body text NOT NULL,
            PRIMARY KEY (device, boot, seq, hash));
        CREATE TABLE gone (device text NOT NULL, boot bigint, first bigint NOT NULL, last bigint NOT NULL, why text NOT NULL);
        CREATE INDEX gone_of ON gone (device, first);
        CREATE TABLE complete (device text PRIMARY KEY, boot bigint NOT NULL, seq bigint NOT NULL);
        CREATE TABLE tally (
            hour bigint NOT NULL, device text NOT NULL, kind text NOT NULL, count bigint NOT NULL, latency {real} NOT NULL DEFAULT 0,
            timed bigint NOT NULL DEFAULT 0, PRIMARY KEY (device, hour, kind));
        CREATE TABLE total (
            hour bigint NOT NULL, kind text NOT NULL, shard bigint NOT NULL, count bigint NOT NULL, latency {real} NOT NULL DEFAULT 0,
            timed bigint NOT NULL DEFAULT 0, PRIMARY KEY (hour, kind, shard));
        CREATE TABLE swiftness (
            hour bigint NOT NULL, bucket bigint NOT NULL, shard bigint NOT NULL, count bigint NOT NULL, PRIMARY KEY (hour, bucket, shard));
        CREATE TABLE kind (name text PRIMARY KEY);

        CREATE TABLE person (
            id text PRIMARY KEY, key {bytes} NOT NULL, sealed {bytes} NOT NULL, mark {bytes} NOT NULL, gallery text NOT NULL, created bigint NOT NULL,
            changed bigint NOT NULL, retain_until bigint, source text NOT NULL, suspended bigint, pushed bigint);
        CREATE UNIQUE INDEX person_mark ON person (gallery, mark);
        CREATE INDEX person_of ON person (gallery, changed);
        CREATE INDEX person_changed ON person (changed, id);
        CREATE INDEX person_end ON person (retain_until);
        CREATE TABLE person_group (person text NOT NULL, name text NOT NULL, PRIMARY KEY (person, name));
        CREATE TABLE template (
            id text PRIMARY KEY, person text NOT NULL, model text NOT NULL, sealed {bytes} NOT NULL, quality {real} NOT NULL, captured bigint NOT NULL);
        CREATE INDEX template_of ON template (person);
        CREATE TABLE upload (
            device text NOT NULL, id text NOT NULL, at bigint NOT NULL, person text NOT NULL, outcome text NOT NULL, alike text, PRIMARY KEY (device, id));
        CREATE INDEX upload_recent ON upload (at);
        CREATE INDEX upload_of ON upload (person);
        CREATE TABLE upload_draft (device text NOT NULL, id text NOT NULL, key {bytes} NOT NULL, sealed {bytes} NOT NULL, PRIMARY KEY (device, id));
        CREATE TABLE bulk_job (
            id text PRIMARY KEY, created bigint NOT NULL, by text NOT NULL, gallery text NOT NULL, state text NOT NULL, ended bigint);
        CREATE TABLE bulk_row (
            job text NOT NULL, row bigint NOT NULL, sealed {bytes}, outcome text, person text, reason text, PRIMARY KEY (job, row));
        CREATE TABLE consent_text (version text PRIMARY KEY, body text NOT NULL, created bigint NOT NULL, by text NOT NULL);

        CREATE TABLE webhook (
            id text PRIMARY KEY, name text NOT NULL, url text NOT NULL, kinds text NOT NULL, doors text NOT NULL, outcomes text NOT NULL,
            names bigint NOT NULL, secret {bytes} NOT NULL, old_secret {bytes}, old_until bigint, state text NOT NULL, version bigint NOT NULL DEFAULT 0,
            position bigint NOT NULL, since bigint, created bigint NOT NULL, by text NOT NULL, failing_since bigint, failures bigint NOT NULL DEFAULT 0,
            next_at bigint, status bigint, fault text, delivered_at bigint, delivered bigint NOT NULL DEFAULT 0);
        CREATE TABLE webhook_delivery (
            id {id}, webhook text NOT NULL, at bigint NOT NULL, message text NOT NULL, events bigint NOT NULL, status bigint, ms bigint NOT NULL, fault text);
        CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook, id);

        CREATE TABLE gallery (
            name text PRIMARY KEY, model text NOT NULL, version bigint NOT NULL DEFAULT 0, content {bytes}, pressed bigint, dirty bigint NOT NULL DEFAULT 1);
        CREATE TABLE pressed (gallery text NOT NULL, person text NOT NULL, digest {bytes} NOT NULL, templates bigint NOT NULL, PRIMARY KEY (gallery, person));
        CREATE TABLE pressing (
            gallery text NOT NULL, version bigint NOT NULL, at bigint NOT NULL, people bigint NOT NULL, changed bigint NOT NULL, removed bigint NOT NULL,
            templates bigint NOT NULL, content {bytes} NOT NULL, PRIMARY KEY (gallery, version));
        CREATE TABLE pressing_change (gallery text NOT NULL, version bigint NOT NULL, person text NOT NULL, PRIMARY KEY (gallery, version, person));
        CREATE TABLE erasure (
            person text PRIMARY KEY, asked bigint NOT NULL, by text NOT NULL, why text NOT NULL, templates bigint NOT NULL, digest text NOT NULL,
            gallery text NOT NULL, version bigint, signature text, first bigint NOT NULL DEFAULT 0);
        CREATE INDEX erasure_recent ON erasure (asked);
        CREATE TABLE erasure_receipt (
            person text NOT NULL, device text NOT NULL, at bigint NOT NULL, receipt text NOT NULL, erased bigint NOT NULL, templates bigint NOT NULL, sha256 text NOT NULL,
            complete bigint NOT NULL, PRIMARY KEY (person, device));
        """,
        // Folders from before the first release may have the first two already.
        """
        CREATE TABLE IF NOT EXISTS web_key (name text PRIMARY KEY, body text NOT NULL);
        CREATE INDEX IF NOT EXISTS command_of ON command (device, issued);
        ALTER TABLE gallery ADD COLUMN urgent bigint NOT NULL DEFAULT 0;
        ALTER TABLE door ADD COLUMN lockout_until bigint;
        ALTER TABLE door ADD COLUMN lockout_at bigint;
        """,
        """
        ALTER TABLE device ADD COLUMN left_out bigint NOT NULL DEFAULT 0;
        ALTER TABLE door ADD COLUMN calibrated bigint;
        ALTER TABLE door ADD COLUMN calibrated_at bigint;
        ALTER TABLE door ADD COLUMN forgotten bigint NOT NULL DEFAULT 0;
        ALTER TABLE door ADD COLUMN bolt text;
        ALTER TABLE door ADD COLUMN bolt_at bigint;
        """,
    ];

    /// <summary>The table of events, whose form is each engine's own.</summary>
    public const string EventColumns =
        """
        device text NOT NULL, boot bigint NOT NULL, seq bigint NOT NULL, at bigint NOT NULL, received bigint NOT NULL,
        priority bigint NOT NULL, kind text NOT NULL, door text, person text, reason text, body text NOT NULL
        """;

    /// <summary>
    /// Lists go by id, the order of arrival: each that people use has an index that holds its order. A device has a few doors, so
    /// that its own index serves the lists of each.
    /// </summary>
    public const string EventIndexes =
        """
        CREATE INDEX event_device ON event (device, id);
        CREATE INDEX event_person ON event (person, id) WHERE person IS NOT NULL;
        CREATE INDEX event_kind ON event (kind, id);
        CREATE INDEX event_alarm ON event (id) WHERE priority = 0;
        CREATE INDEX event_alarm_of ON event (device, id) WHERE priority = 0;
        CREATE INDEX event_received ON event (received);
        """;
}
