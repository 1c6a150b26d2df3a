# frozen_string_literal: true

class CreateTutoringSessions < ActiveRecord::Migration[6.1]
  def change
    create_table :tutoring_sessions do |t|
      t.bigint :tutor_id, null: false
      t.bigint :student_id, null: false
      t.string :status, null: false, default: "completed"
      t.datetime :starts_at, null: false
      t.datetime :ends_at, null: false
      t.datetime :tutor_joined_at
      t.string :subject
      t.integer :rating
      t.text :feedback
    end
  end
end
