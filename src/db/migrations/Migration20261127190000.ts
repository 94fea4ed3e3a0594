import { Migration } from '@mikro-orm/migrations';

/**
 * The line of each queue, and the end of waiting. Workers of the version before must not run: they take entries out of a line
 * without noting it in `queue_block`. Indexes are built and the constraints of `queue_entry` validated by the next migration,
 * without a lock.
 */
export class Migration20261127190000 extends Migration {
  override name = 'Migration20261127190000';

  override up(): void | Promise<void> {
    // 1588002817 is the first key of the locks by which workers own lanes (src/db/lanes/lock-keys.ts).
    this.addSql(`do $$ begin
      if exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
        and classid = 1588002817 and database = (select oid from pg_database where datname = current_database()))
      then raise exception 'Workers of the version before are running.'
        using errcode = 'object_in_use';
      end if; end $$;`);

    this.addSql(
      `alter table "waiting_queue" add "line_version" bigint not null default '0', add "line_from" bigint not null default '0', add "over_since" timestamptz null, add "over_reason" text null;`,
    );
    this.addSql(
      `alter table "waiting_queue" add constraint "waiting_queue_over_reason_check" check ("over_reason" in ('sold-out', 'closed'));`,
    );
    this.addSql(
      `alter table "waiting_queue" add constraint "waiting_queue_over_has_reason" check ((over_since is null) = (over_reason is null));`,
    );

    this.addSql(
      `create table "queue_block" ("queue_id" smallint not null, "source" text not null, "block" int not null, "gone" bit(1024) not null, "version" bigint not null, primary key ("queue_id", "source", "block"));`,
    );
    this.addSql(
      `create index "queue_block_by_version" on "queue_block" ("queue_id", "source", "version");`,
    );
    this.addSql(
      `alter table "queue_block" add constraint "queue_block_queue_fk" foreign key ("queue_id") references "waiting_queue" ("id");`,
    );
    this.addSql(
      `alter table "queue_block" add constraint "queue_block_source_check" check ("source" in ('users', 'system'));`,
    );
    this.addSql(
      `alter table "queue_block" add constraint "queue_block_not_negative" check (block >= 0);`,
    );
    // Every number that was assigned is out of the line, unless its entry is waiting.
    this.addSql(
      `insert into "queue_block" ("queue_id", "source", "block", "gone", "version")
      select numbering.queue_id, 'system', number_block,
        rpad(repeat('1', least(1024, last_number - number_block::bigint * 1024)::int), 1024, '0')::bit(1024)
          & ~coalesce(waiting.bits, 0::bit(1024)), 0
      from queue_numbering numbering
      cross join lateral generate_series(0, ((last_number - 1) / 1024)::int) number_block
      left join (
        select queue_id, ((number - 1) / 1024)::int as block,
          bit_or(set_bit(0::bit(1024), ((number - 1) % 1024)::int, 1)) as bits
        from queue_entry where state = 'waiting' group by 1, 2
      ) waiting on waiting.queue_id = numbering.queue_id and waiting.block = number_block
      where last_number > 0;`,
    );

    this.addSql(
      `create table "presence_watch" ("id" smallint not null default 1, "noted_at" timestamptz null, "watched_since" timestamptz null, "swept_queue_id" smallint not null default 0, "swept_number" bigint not null default '0', primary key ("id"));`,
    );
    this.addSql(
      `alter table "presence_watch" add constraint "presence_watch_one_row" check (id = 1);`,
    );
    this.addSql(`insert into "presence_watch" ("id") values (1);`);

    // Last, because it locks the table until the end.
    this.addSql(
      `alter table "queue_entry" add "seen_near_front" boolean not null default false, add "skipped_at" timestamptz null;`,
    );
    // Room in new pages, so that a note of a poll writes no index.
    this.addSql(`alter table "queue_entry" set (fillfactor = 80);`);
    this.addSql(`alter table "queue_entry" drop constraint "queue_entry_end_reason_check";`);
    this.addSql(
      `alter table "queue_entry" add constraint "queue_entry_end_reason_check" check ("end_reason" in ('left', 'expired', 'paid', 'unclaimed', 'away', 'sold-out', 'closed')) not valid;`,
    );
    this.addSql(
      `alter table "queue_entry" add constraint "queue_entry_active_not_skipped" check (state <> 'active' or skipped_at is null) not valid;`,
    );
    this.addSql(
      `alter table "queue_entry" add constraint "queue_entry_waiting_end_not_admitted" check (end_reason not in ('away', 'sold-out', 'closed') or admitted_at is null) not valid;`,
    );
  }

  override down(): void | Promise<void> {
    this.addSql(`do $$ begin
      if exists (select from queue_entry where end_reason in ('away', 'sold-out', 'closed'))
      then raise exception 'There are end reasons that the version before does not know.'; end if;
    end $$;`);
    this.addSql(`drop table "presence_watch";`);
    this.addSql(`drop table "queue_block";`);
    this.addSql(
      `alter table "queue_entry" drop constraint "queue_entry_waiting_end_not_admitted", drop constraint "queue_entry_active_not_skipped", drop constraint "queue_entry_end_reason_check";`,
    );
    this.addSql(
      `alter table "queue_entry" add constraint "queue_entry_end_reason_check" check ("end_reason" in ('left', 'expired', 'paid', 'unclaimed'));`,
    );
    this.addSql(
      `alter table "queue_entry" drop column "skipped_at", drop column "seen_near_front";`,
    );
    this.addSql(`alter table "queue_entry" reset (fillfactor);`);
    this.addSql(
      `alter table "waiting_queue" drop constraint "waiting_queue_over_has_reason", drop constraint "waiting_queue_over_reason_check";`,
    );
    this.addSql(
      `alter table "waiting_queue" drop column "over_reason", drop column "over_since", drop column "line_from", drop column "line_version";`,
    );
  }
}
