# frozen_string_literal: true

Rails.application.routes.draw { resources :tutoring_sessions, only: %i[create update] }
