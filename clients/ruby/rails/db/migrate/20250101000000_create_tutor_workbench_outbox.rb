# frozen_string_literal: true

# What the workbench is owed. Written in the same transaction as the record it tells of.
class CreateTutorWorkbenchOutbox < ActiveRecord::Migration[6.1]
  def change
    create_table :tutor_workbench_outbox do |t|
      t.string :kind, null: false, limit: 20
      t.string :record_id, null: false
      t.integer :version, null: false
      t.boolean :backfill, null: false, default: false
      t.text :payload, null: false, limit: 16.megabytes - 1 # MySQL's TEXT is too short for a transcript
      t.integer :attempts, null: false, default: 0
      t.text :last_error
      t.string :lease, limit: 36
      t.datetime :next_try_at, precision: 6 # empty: nothing is left to do
      t.datetime :delivered_at, precision: 6
      t.datetime :rejected_at, precision: 6
      t.datetime :created_at, precision: 6, null: false
      t.index %i[kind record_id version], unique: true, name: "index_tutor_workbench_outbox_on_key"
      t.index :next_try_at
    end
  end
end
